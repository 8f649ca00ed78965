/**
 * A part of the bench that can be run for itself.
 *
 * @module
 */
import { pathToFileURL } from 'node:url'

/** Prints the figures in words, or as JSON with `--json`, if this file is the one that was started. */
export async function printIfAlone<Figures>(
  file: string,
  name: string,
  bench: () => Figures | Promise<Figures>,
  inWords: (figures: Figures) => string,
): Promise<void> {
  if (process.argv[1] === undefined || file !== pathToFileURL(process.argv[1]).href) return
  const figures = await bench()
  console.log(process.argv.includes('--json') ? JSON.stringify({ [name]: figures }) : inWords(figures))
}
