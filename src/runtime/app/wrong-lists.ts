/**
 * Looks into an app's lists for what none of our functions has made, and says so in words: JavaScript has no compiler to say it.
 *
 * @module
 */
import type { App } from './app.ts'

/** Who makes what stands in a list, and a field that only ours have. */
export const MADE_BY = {
  agents: { maker: 'defineAgent', field: 'limits' },
  tools: { maker: 'defineTool', field: 'idempotent' },
  schemas: { maker: 'defineSchema', field: 'json' },
} as const

/** How the lists came here (`was given`), and how one is written there. */
export interface Given {
  readonly verb: string
  readonly write: (name: string) => string
}

/** One sentence for each list that is wrong, behind the name of whoever has it. */
export function wrongLists(app: App, given: Given): readonly string[] {
  const ours = (Object.keys(MADE_BY) as (keyof typeof MADE_BY)[]).flatMap(name => {
    const { maker, field } = MADE_BY[name]
    const isMade = (entry: unknown) => (Object(entry) as Record<string, unknown>)[field] !== undefined
    return wrongList(name, app[name], isMade, `was not made by ${maker}`, given)
  })
  return [...ours, ...wrongList('classes', app.classes, entry => typeof entry === 'string', 'is no text', given)]
}

function wrongList(
  name: string,
  list: unknown,
  isRight: (entry: unknown) => boolean,
  wrong: string,
  { verb, write }: Given,
): readonly string[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) return [`${verb} ${name} that are not a list; write \`${write(name)}\``]
  const at = list.findIndex(entry => !isRight(entry))
  return at < 0 ? [] : [`${verb} ${name} of which the one at index ${at} ${wrong}`]
}
