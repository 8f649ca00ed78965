import { readFileSync } from 'node:fs'

/** The files that the README shows. */
export function readmeFiles(): ReadonlyMap<string, string> {
  return filesOf('README.md')
}

/**
 * The files that a document shows: code blocks whose first line is a comment with a file's name, whole and unchanged.
 *
 * @param path - From the root of the repository.
 */
export function filesOf(path: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const blocks = text.matchAll(/```(?:ts|yaml)\n((?:\/\/|#) (\S+\.(?:ts|yaml))\n[\s\S]*?)```/g)
  return new Map([...blocks].map(([, text = '', name = '']) => [name, text]))
}
