/**
 * Where in a YAML text a value stands, and which value stands at a place.
 *
 * @module
 */
import { isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type parseDocument, visit } from 'yaml'
import type { Path } from './problem.ts'

export type Document = ReturnType<typeof parseDocument>

export interface Place {
  readonly line: number
  readonly column: number
}

export function placeOf(document: Document, lines: LineCounter, path: Path, what?: 'key'): Place | undefined {
  const offset = what === 'key' ? keyOffset(document, path) : valueOffset(document, path)
  return offset === undefined ? undefined : placeAt(lines, offset)
}

function valueOffset(document: Document, path: Path): number | undefined {
  return rangeStart(nodeAt(document, path))
}

function keyOffset(document: Document, path: Path): number | undefined {
  const parent = nodeAt(document, path.slice(0, -1))
  if (!isMap(parent)) return valueOffset(document, path)
  return rangeStart(parent.items.find(({ key }) => nameOf(key) === String(path.at(-1)))?.key)
}

/** By the names that values are read under, so also below a number as a key; behind an alias, what it stands for. */
function nodeAt(document: Document, path: Path): unknown {
  let node: unknown = document.contents
  for (const part of path) {
    const whole = isAlias(node) ? node.resolve(document) : node
    if (isMap(whole)) node = whole.items.find(({ key }) => nameOf(key) === String(part))?.value
    else node = isSeq(whole) ? whole.items[Number(part)] : undefined
  }
  return node
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | undefined)?.range?.[0]
}

export function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

/** Where aliases begin that no anchor above them names. */
export function offsetsWithoutAnchor(document: Document): readonly number[] {
  const offsets: number[] = []
  visit(document, {
    Alias: (_, alias) => {
      if (alias.range && !alias.resolve(document)) offsets.push(alias.range[0])
    },
  })
  return offsets
}

/** The path of the value in which, in whose key or right before which an offset lies. */
export function pathAround(node: unknown, offset: number): Path {
  if ((rangeStart(node) ?? 0) > offset) return []
  if (isSeq(node)) {
    const at = node.items.findIndex(item => rangeEnd(item) > offset)
    return at < 0 ? [] : [at, ...pathAround(node.items[at], offset)]
  }
  const pair = isMap(node) ? node.items.find(({ key, value }) => rangeEnd(value ?? key) > offset) : undefined
  return pair ? [nameOf(pair.key) ?? '', ...pathAround(pair.value, offset)] : []
}

function rangeEnd(node: unknown): number {
  return (isNode(node) && node.range?.[2]) || 0
}
