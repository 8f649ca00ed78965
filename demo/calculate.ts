/**
 * Arithmetic for a model that should not do it in its head: numbers, `+ - * / ^`, brackets, and a few functions.
 *
 * @module
 */

type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'name' | 'sign'; readonly value: string; readonly at: number }

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  sum: (...values) => values.reduce((total, value) => total + value, 0),
  sqrt: value => Math.sqrt(value ?? Number.NaN),
  round: (value, digits = 0) => Math.round((value ?? Number.NaN) * 10 ** digits) / 10 ** digits,
}

/** Floating point has about 16 digits; showing 12 hides that 0.1 + 0.2 is 0.30000000000000004. */
const SHOWN_DIGITS = 12

/** A bracket deeper than this is a mistake, and would only fill the stack. */
const MAX_DEPTH = 50

/**
 * The value of an expression. `^` binds tighter than a minus before it, and to the right. Throws an `Error` that says
 * what was expected, and where, for anything that is no expression or has no finite value.
 */
export function calculate(expression: string): number {
  const cursor: Cursor = { tokens: tokensOf(expression), next: 0 }
  const value = sum(cursor, 0)
  if (cursor.next < cursor.tokens.length) throw expected(cursor, 'an operator')
  if (!Number.isFinite(value)) throw new Error(`"${expression}" has no finite value; is something divided by 0?`)
  return Number(value.toPrecision(SHOWN_DIGITS))
}

function tokensOf(expression: string): readonly Token[] {
  const pattern = /\s*(?:(\d+(?:\.\d+)?)|([a-z]+)|([-+*/^(),]))/y
  const tokens: Token[] = []
  const end = expression.trimEnd().length
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex
    const match = pattern.exec(expression)
    if (!match) throw new Error(`cannot read "${expression.slice(at).trim()}"; write numbers as 1234.5, without units`)
    const [, digits, name, sign] = match
    if (digits !== undefined) tokens.push({ kind: 'number', value: Number(digits), at })
    else tokens.push({ kind: name === undefined ? 'sign' : 'name', value: name ?? sign ?? '', at })
  }
  return tokens
}

/** The tokens, and how far they have been read. */
interface Cursor {
  readonly tokens: readonly Token[]
  next: number
}

function isNext(cursor: Cursor, ...signs: readonly string[]): boolean {
  const token = cursor.tokens[cursor.next]
  return token?.kind === 'sign' && signs.includes(token.value)
}

/** The next sign, which the caller knows to be there. */
function takeSign(cursor: Cursor): string {
  return String(cursor.tokens[cursor.next++]?.value)
}

function demand(cursor: Cursor, sign: string): void {
  if (!isNext(cursor, sign)) throw expected(cursor, `"${sign}"`)
  cursor.next += 1
}

function expected(cursor: Cursor, what: string): Error {
  const found = cursor.tokens[cursor.next]
  return new Error(`expected ${what}, found ${found ? `"${found.value}" at character ${found.at + 1}` : 'the end'}`)
}

function sum(cursor: Cursor, depth: number): number {
  let value = product(cursor, depth)
  while (isNext(cursor, '+', '-'))
    value = takeSign(cursor) === '+' ? value + product(cursor, depth) : value - product(cursor, depth)
  return value
}

function product(cursor: Cursor, depth: number): number {
  let value = signed(cursor, depth)
  while (isNext(cursor, '*', '/'))
    value = takeSign(cursor) === '*' ? value * signed(cursor, depth) : value / signed(cursor, depth)
  return value
}

function signed(cursor: Cursor, depth: number): number {
  let negative = false
  while (isNext(cursor, '-', '+')) negative = (takeSign(cursor) === '-') !== negative
  const value = power(cursor, depth)
  return negative ? -value : value
}

function power(cursor: Cursor, depth: number): number {
  const base = atom(cursor, depth)
  if (!isNext(cursor, '^')) return base
  demand(cursor, '^')
  return base ** signed(cursor, depth + 1)
}

function atom(cursor: Cursor, depth: number): number {
  if (depth > MAX_DEPTH) throw new Error(`the expression is nested deeper than ${MAX_DEPTH} levels; split it up`)
  const token = cursor.tokens[cursor.next]
  if (token?.kind === 'name') return applied(cursor, depth, token.value)
  if (token?.kind === 'number') {
    cursor.next += 1
    return token.value
  }
  demand(cursor, '(')
  const value = sum(cursor, depth + 1)
  demand(cursor, ')')
  return value
}

function applied(cursor: Cursor, depth: number, name: string): number {
  const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (!apply) throw new Error(`there is no function "${name}"; there are ${Object.keys(FUNCTIONS).join(', ')}`)
  cursor.next += 1
  demand(cursor, '(')
  const values = [sum(cursor, depth + 1)]
  while (isNext(cursor, ',')) {
    demand(cursor, ',')
    values.push(sum(cursor, depth + 1))
  }
  demand(cursor, ')')
  return apply(...values)
}
