/**
 * What the command is called in the shell that has called it. Everything else says `signalbox`, which is replaced where it is printed.
 *
 * @module
 */
import { delimiter, dirname, join } from 'node:path'

const NAME = 'signalbox'

/** Where it was called, and whether there is such a file. */
export interface Called {
  /** The variable `PATH`. */
  readonly path: string
  readonly folder: string
  readonly isThere: (file: string) => boolean
}

/**
 * `npx signalbox` in a project that has the package, unless the shell finds one by the name alone. Elsewhere npx would ask the registry for
 * a package of that name, which may be somebody else's.
 */
export function commandWords({ path, folder, isThere }: Called): string {
  if (path.split(delimiter).some(each => !isOfProject(each) && isThere(join(each, NAME)))) return NAME
  return upFrom(folder).some(each => isThere(join(each, BIN, NAME))) ? `npx ${NAME}` : NAME
}

const BIN = join('node_modules', '.bin')

/** npm puts these in front of the path of what it starts. The shell that the command is printed to does not have them. */
function isOfProject(folder: string): boolean {
  return folder.endsWith(BIN)
}

/** Our words with the commands in them as they are called here. They come from processes that do not know the shell: `signalbox show x`. */
export function asCalledHere(words: string, command: string): string {
  return words.replaceAll(`\`${NAME} `, `\`${command} `)
}

function upFrom(folder: string): readonly string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...upFrom(above)]
}
