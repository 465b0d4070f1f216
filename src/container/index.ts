/**
 * Containers: whether this process runs in one and of which kind, and how people give it what it lacks. This file is the
 * room's whole public surface.
 *
 * The kind decides only what messages advise, never whether something is tried.
 */
export { allowDevice, inHostConfig, installInContainer, passDevice } from './advice';
export {
  containerOfThisProcess,
  detectContainer,
  type ContainerEvidence,
  type ContainerKind,
} from './detect';
