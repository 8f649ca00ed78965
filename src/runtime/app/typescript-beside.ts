/**
 * The TypeScript that somebody means by a path at which nothing is: Node takes a module by its whole name alone.
 *
 * @module
 */
import { basename } from 'node:path'
import { isModule } from './is-module.ts'

/** Its name, where it lies beside: `one.ts` for `one.js`, as it is called once compiled, and for `one`. */
export function typescriptBeside(path: string): string | undefined {
  const found = [path.replace(/\.([cm]?)js$/, '.$1ts'), `${path}.ts`].find(isModule)
  return found && basename(found)
}
