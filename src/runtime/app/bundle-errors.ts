/**
 * Workflows that cannot be bundled: which of the bundler's many words say what is wrong, and what to do.
 *
 * @module
 */
import { stripVTControlCharacters } from 'node:util'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { isModule } from './is-module.ts'
import { lackingImports } from './lacking-imports.ts'
import { shortPath } from './short-path.ts'
import { typescriptBeside } from './typescript-beside.ts'

/** Stack frames and their titles, the resolver's steps, the way from our own entry, and the summary behind the last error. */
const NOISE = /^(?: {2}|Caused by:$|Stack backtrace:$|resolve '| @ \S*joined\S*\.cjs |webpack \d)/

/** What the compiler of TypeScript says of a place, which lies in a drawing of the code: what is wrong, the module, and the line. */
const UNREADABLE = /^(?:Error:)?\s*[x×] (.+)\n\s*[,╭][-─]\[(.+):(\d+):\d+\]/gm

/** Of the bundler's report its errors alone, in as few words as tell people what to correct; the whole report where it has none. */
export function bundleErrors(report: string): string {
  // The compiler of TypeScript colours what it says wherever standard error is a terminal.
  const [, ...errors] = stripVTControlCharacters(report).split(/^ERROR in /m)
  if (errors.length === 0) return report
  const { lines, others } = lackingImports(errors)
  return [...lines, ...others.map(unreadable)].join('\n')
}

/** The first that is wrong with each line: what follows it is seldom more than its consequence. Other errors keep their words. */
function unreadable(error: string): string {
  const byLine = new Map<string, string>()
  for (const [, words = '', path = '', line = ''] of error.matchAll(UNREADABLE)) {
    const place = `${shortPath(path)}:${line}`
    if (!byLine.has(place)) byLine.set(place, `${place}: ${words}`)
  }
  if (byLine.size > 0) return [...byLine.values()].join('\n')
  const lines = error.split('\n')
  return lines.filter(line => line !== '' && !NOISE.test(line)).join('\n')
}

/** What the SDK throws once its bundler has failed, the second where a workflow imports a module of Node's. */
const BUNDLE_FAILED = /^(?:Webpack finished with errors|Your Workflow code)/

export function missingWorkflows(path: string): string {
  const beside = typescriptBeside(path)
  return `there is no module ${path} with workflows; ${beside ? `${beside} is there: ` : ''}correct \`workflowsPath\``
}

/**
 * @param why - What the bundler says, or where.
 * @returns what is wrong with the workflows of one's own, where they are why a worker could not be made; else the error.
 */
export function bundleProblem(
  error: unknown,
  workflowsPath: string | undefined,
  why = ' the log line above says why. ',
): unknown {
  if (workflowsPath === undefined || !(error instanceof Error) || !BUNDLE_FAILED.test(error.message)) return error
  const path = shortPath(workflowsPath)
  if (!isModule(workflowsPath)) return new ConfigurationProblem(missingWorkflows(path))
  return new ConfigurationProblem(
    `the workflows of ${path} cannot be bundled:${why}If it is an import: workflows run in Temporal's sandbox, so what needs Node or the network belongs in tools, and of a module of your app with agents, tools or zod import only types there (\`import type\`)`,
  )
}
