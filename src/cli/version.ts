import { readFileSync } from 'node:fs'

/** The manifest lies one folder further up when the package runs from its build. */
const MANIFEST = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json'

export function packageVersion(): string {
  const text = readFileSync(new URL(MANIFEST, import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
