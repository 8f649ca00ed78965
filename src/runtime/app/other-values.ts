/**
 * Tools and schemas that an agent was given as values, where the app has others of the same names.
 *
 * @module
 */
import { givenValues } from '../../tools/index.ts'
import type { App } from './app.ts'

interface Named {
  readonly name: string
}

/** One sentence each: the app's would run, without a word, and they may do something else. */
export function otherValues({ agents = [], tools = [], schemas = [] }: App): readonly string[] {
  return agents.flatMap(agent => {
    const given = givenValues(agent)
    return [...others(agent.name, 'tool', given.tools, tools), ...others(agent.name, 'schema', given.schemas, schemas)]
  })
}

/** A name that is not registered at all is the registry's to report. */
function others(agent: string, kind: 'tool' | 'schema', given: readonly Named[], registered: readonly Named[]) {
  return given
    .filter(value => !registered.includes(value) && registered.some(({ name }) => name === value.name))
    .map(
      ({ name }) =>
        `agent '${agent}' was given a ${kind} '${name}', and the app's \`${kind}s\` has a different value with that name, which would be used instead; give both the same value, or give the agent only the name`,
    )
}
