/**
 * Our own source files, as syntax trees.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { parseAst } from 'vitest/node'

export const ROOT = join(import.meta.dirname, '../..')

export interface Import {
  /** A path below {@link ROOT}, or the specifier of a package. */
  readonly from: string
  /** Leaves nothing behind when types are stripped. */
  readonly typeOnly: boolean
  /** By `import()`. */
  readonly later?: boolean
}

/** The TypeScript files below folders, as paths below {@link ROOT}. */
export function sourceFiles(...folders: readonly string[]): readonly string[] {
  return folders.flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map(path => join(folder, path)),
  )
}

/** The statements of a module. */
export function statementsOf(file: string) {
  return parseAst(textOf(file), { lang: 'ts' }).body
}

/** What has been read: some ask for the same files again and again. */
const imports = new Map<string, readonly Import[]>()

/** Everything that a module imports, exports on, or imports when it runs. */
export function importsOf(file: string): readonly Import[] {
  const known = imports.get(file) ?? readImports(file)
  imports.set(file, known)
  return known
}

function readImports(file: string): readonly Import[] {
  const declared = statementsOf(file).flatMap(statement => {
    if (statement.type === 'ImportDeclaration')
      return [{ from: statement.source.value, typeOnly: statement.importKind === 'type' }]
    if (statement.type !== 'ExportAllDeclaration' && statement.type !== 'ExportNamedDeclaration') return []
    return statement.source ? [{ from: statement.source.value, typeOnly: statement.exportKind === 'type' }] : []
  })
  const dynamic = [...textOf(file).matchAll(/\bimport\('([^']+)'\)/g)]
  return [...declared, ...dynamic.map(([, from]) => ({ from: from!, typeOnly: false, later: true }))].map(one => ({
    ...one,
    from: one.from.startsWith('.') ? normalize(join(file, '..', one.from)) : one.from,
  }))
}

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}
