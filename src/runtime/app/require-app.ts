/**
 * Refuses options that no worker or plug-in can be made of.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import { kindOf } from '../../core/words/kind-of.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import type { App } from './app.ts'
import { wrongLists } from './wrong-lists.ts'

type Served = Omit<App, 'workflowsPath'> & { readonly config?: string | object }

const GIVEN = { verb: 'was given', write: (name: string) => `${name}: [ … ]` }

/** Refuses what the compiler would have refused, for callers that use none. @throws ConfigurationProblem */
export function requireApp(caller: string, { agents, tools, schemas, classes, config }: Served): void {
  const wrong = wrongLists(definedOnly({ agents, tools, schemas, classes }), GIVEN)
  if (wrong.length > 0) throw new ConfigurationProblem(`${caller} ${wrong.join('; it ')}`)
  if (config === undefined || typeof config === 'string' || 'directory' in Object(config)) return
  throw new ConfigurationProblem(
    `${caller} was given ${kindOf(config)} as its \`config\`; give it the path of a file, or what \`loadConfiguration\` has read`,
  )
}
