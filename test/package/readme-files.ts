import { readFileSync } from 'node:fs'

/**
 * The files that the README shows: code blocks whose first line is a comment with a file's name, whole and unchanged.
 */
export function readmeFiles(): ReadonlyMap<string, string> {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const blocks = readme.matchAll(/```(?:ts|yaml)\n((?:\/\/|#) (\S+\.(?:ts|yaml))\n[\s\S]*?)```/g)
  return new Map([...blocks].map(([, text = '', name = '']) => [name, text]))
}
