/**
 * Messages depend on whether Node-RED runs in a container, and these tests may run in one: an empty `container` says that
 * there is none, to this process and to those that it starts. Tests of containers say which one they mean.
 */
process.env.container = '';
