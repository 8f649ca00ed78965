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
    const isRight = (entry: unknown) => (Object(entry) as Record<string, unknown>)[field] !== undefined
    return wrongList({ name, list: app[name], isRight, wrong: `was not made by ${maker}` }, given)
  })
  const isRight = (entry: unknown) => typeof entry === 'string'
  return [...ours, ...wrongList({ name: 'classes', list: app.classes, isRight, wrong: 'is no text' }, given)]
}

interface List {
  readonly name: string
  readonly list: unknown
  readonly isRight: (entry: unknown) => boolean
  /** What is said of an entry that is not. */
  readonly wrong: string
}

function wrongList({ name, list, isRight, wrong }: List, { verb, write }: Given): readonly string[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) return [`${verb} ${name} that are not a list; write \`${write(name)}\``]
  const at = list.findIndex(entry => !isRight(entry))
  return at < 0 ? [] : [`${verb} ${name} of which the one at index ${at} ${wrong}`]
}
