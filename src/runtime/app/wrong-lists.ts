/**
 * What is in an app's lists and was made by none of our functions: in words, where no compiler was asked.
 *
 * @module
 */
import type { App } from './app.ts'

/** By what a worker looks for in them first, and another library's do not have. */
const MADE_BY = {
  agents: { maker: 'defineAgent', field: 'limits' },
  tools: { maker: 'defineTool', field: 'idempotent' },
  schemas: { maker: 'defineSchema', field: 'json' },
} as const

/** How the lists came here, and how one is written. */
export interface Given {
  readonly verb: string
  readonly write: (name: string) => string
}

/** One sentence for each list that is wrong, behind the name of whoever has it. */
export function wrongLists(app: App, { verb, write }: Given): readonly string[] {
  return (Object.keys(MADE_BY) as (keyof typeof MADE_BY)[]).flatMap(name => {
    const { maker, field } = MADE_BY[name]
    const list: unknown = app[name]
    if (list === undefined) return []
    if (!Array.isArray(list)) return [`${verb} ${name} that are no list; write \`${write(name)}\``]
    const at = list.findIndex(entry => (Object(entry) as Record<string, unknown>)[field] === undefined)
    return at < 0 ? [] : [`${verb} ${name} of which the one at index ${at} was not made by ${maker}`]
  })
}
