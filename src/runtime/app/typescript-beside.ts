/**
 * Finds the TypeScript file that is meant by a path without a file: Node wants a module's whole name.
 *
 * @module
 */
import { basename } from 'node:path'
import { isModule } from './is-module.ts'

/** Its name: `one.ts` for `one.js`, which is its name once compiled, and for `one`. */
export function typescriptBeside(path: string): string | undefined {
  const found = [path.replace(/\.([cm]?)js$/, '.$1ts'), `${path}.ts`].find(isModule)
  return found && basename(found)
}
