/** The small changes that a mutation test makes to a source file. */
import {
  parseSync,
  Visitor,
  type BinaryExpression,
  type ConditionalExpression,
  type Expression,
  type IfStatement,
  type LogicalExpression,
  type Node,
  type ObjectPropertyKind,
  type Span,
  type VisitorObject,
} from 'oxc-parser';

/** One change of one file. */
export interface Mutant {
  /** The file, relative to the project's folder. */
  readonly file: string;
  /** What the change is, in words. */
  readonly mutation: string;
  /** The line on which it begins: its number from 1, and its text without indentation. */
  readonly lineNumber: number;
  readonly line: string;
  /** Counts the same mutation on lines of the same text in one file, from 1. */
  readonly occurrence: number;
  /** The file's whole text with the change made. */
  readonly text: string;
}

/** Replaces the characters from `start` to `end`. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly mutation: string;
}

type Add = (node: Span, replacement: string, mutation: string) => void;

const OTHER_OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&&': '||',
  '||': '&&',
};

const OTHER_METHODS: Readonly<Record<string, string>> = {
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  some: 'every',
  every: 'some',
};

/** An array of so many numbers is a table of data: its entries would be most of all mutants. */
const LONGEST_LIST = 16;

/** All mutants of a file. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join(', ')}`);
  const changes: Change[] = [];
  /** Types, and tables of data. */
  const leftAlone: Span[] = [];
  const add: Add = ({ start, end }, replacement, mutation) => {
    if (!leftAlone.some((span) => span.start <= start && end <= span.end))
      changes.push({ start, end, replacement, mutation });
  };
  new Visitor({
    TSLiteralType: (node) => void leftAlone.push(node),
    ArrayExpression(node) {
      if (node.elements.length > LONGEST_LIST) leftAlone.push(node);
    },
    ...operatorMutators(text, add),
    ...valueMutators(text, add),
    ...statementMutators(text, add),
  }).visit(program);
  return numbered(changes.map((change) => mutantWith(file, text, change)));
}

function operatorMutators(text: string, add: Add): VisitorObject {
  const textOf = ({ start, end }: Span) => text.slice(start, end);

  function swapOperator({ left, right, operator }: BinaryExpression | LogicalExpression): void {
    const other = OTHER_OPERATORS[operator];
    if (other === undefined) return;
    // Comments may stand beside the operator, so that it is looked for where neither side is.
    const start = text.indexOf(operator, left.end);
    if (start >= 0 && start < right.start)
      add({ start, end: start + operator.length }, other, `${operator} becomes ${other}`);
  }

  function negate({ test }: IfStatement | ConditionalExpression): void {
    add(test, `!(${textOf(test)})`, 'the condition is negated');
    add(test, `(${textOf(test)}) || true`, 'the condition is always true');
    add(test, `(${textOf(test)}) && false`, 'the condition is never true');
  }

  return {
    BinaryExpression: swapOperator,
    LogicalExpression(node) {
      if (node.operator === '??') add(node, textOf(node.left), 'what follows ?? is dropped');
      else swapOperator(node);
    },
    UnaryExpression(node) {
      if (node.operator === '!') add(node, textOf(node.argument), '! is dropped');
      if (node.operator === '-') add(node, textOf(node.argument), '- is dropped');
    },
    IfStatement: negate,
    ConditionalExpression: negate,
  };
}

function valueMutators(text: string, add: Add): VisitorObject {
  const textOf = ({ start, end }: Span) => text.slice(start, end);
  return {
    Literal(node) {
      if (typeof node.value === 'boolean')
        add(node, String(!node.value), `${node.value} becomes ${!node.value}`);
      if (typeof node.value === 'number')
        add(node, `(${textOf(node)} + 1)`, `${textOf(node)} becomes one more`);
    },
    MemberExpression({ property, computed }) {
      const other = !computed && property.type === 'Identifier' ? OTHER_METHODS[property.name] : undefined;
      if (other !== undefined) add(property, other, `${textOf(property)} becomes ${other}`);
    },
    CallExpression({ arguments: given }) {
      for (const argument of given) {
        if (argument.type !== 'ObjectExpression') continue;
        for (const property of argument.properties) dropProperty(property);
      }
    },
    AwaitExpression: (node) => add(node, textOf(node.argument), 'await is dropped'),
  };

  function dropProperty(property: ObjectPropertyKind): void {
    if (property.type === 'SpreadElement') return;
    const comma = /^\s*,/.exec(text.slice(property.end))?.[0] ?? '';
    const span = { start: property.start, end: property.end + comma.length };
    add(span, '', `the option ${textOf(property.key)} is dropped`);
  }
}

/** In place of a statement: after an `if`, the compiler takes no `;` alone. */
const NOTHING = '{}';

function statementMutators(text: string, add: Add): VisitorObject {
  const textOf = ({ start, end }: Span) => text.slice(start, end);

  /** The body of a function that is more than one statement: of one alone, dropping it is the same mutation. */
  function emptyBody({ body }: { readonly body: Node | null }): void {
    if (body?.type !== 'BlockStatement' || body.body.length < 2) return;
    add(body, '{}', 'the function does nothing');
  }

  return {
    ExpressionStatement({ start, end, expression }) {
      if ('directive' in expression || isWorthless(expression)) return;
      add({ start, end }, NOTHING, `the statement is dropped: ${shortened(textOf(expression))}`);
    },
    ReturnStatement: (node) => {
      if (node.argument === null) add(node, NOTHING, 'return is dropped');
    },
    ThrowStatement: (node) => add(node, NOTHING, 'throw is dropped'),
    BreakStatement: (node) => add(node, NOTHING, 'break is dropped'),
    ContinueStatement: (node) => add(node, NOTHING, 'continue is dropped'),
    FunctionDeclaration: emptyBody,
    FunctionExpression: emptyBody,
    ArrowFunctionExpression: emptyBody,
    ForStatement: ({ body }) => emptyBlock(body),
    ForOfStatement: ({ body }) => emptyBlock(body),
    CatchClause: ({ body }) => emptyBlock(body),
    TryStatement: ({ finalizer }) => emptyBlock(finalizer),
  };

  function emptyBlock(block: Node | null): void {
    if (block?.type === 'BlockStatement' && block.body.length > 0) add(block, '{}', 'the block is empty');
  }
}

/** A text on its own is a directive such as 'use strict'. */
function isWorthless(expression: Expression): boolean {
  return expression.type === 'Literal';
}

function shortened(code: string): string {
  const line = code.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function mutantWith(file: string, text: string, change: Change): Omit<Mutant, 'occurrence'> {
  const { start, end, replacement, mutation } = change;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', start);
  return {
    file,
    mutation,
    lineNumber: text.slice(0, lineStart).split('\n').length,
    line: text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).trim(),
    text: text.slice(0, start) + replacement + text.slice(end),
  };
}

function numbered(mutants: readonly Omit<Mutant, 'occurrence'>[]): readonly Mutant[] {
  const counts = new Map<string, number>();
  return mutants.map((mutant) => {
    const key = `${mutant.line}\n${mutant.mutation}`;
    const occurrence = (counts.get(key) ?? 0) + 1;
    counts.set(key, occurrence);
    return { ...mutant, occurrence };
  });
}
