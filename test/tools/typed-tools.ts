/**
 * Tools whose types are looked at, and claims about types.
 *
 * @module
 */
import { z } from 'zod'
import { defineRemoteTool, defineTool } from '../../src/index.ts'

export const lookUp = defineTool({
  name: 'look_up',
  description: 'looks a station up',
  input: z.object({ station: z.string(), year: z.number().default(2026) }),
  needsApproval: ({ year }) => year < 2000,
  run: async ({ station, year }, { labels }) => ({ station, passengers: year, team: labels.team }),
})

export const tell = defineTool({ name: 'tell', description: 'tells', input: z.object({}), run: () => {} })

export const when = defineTool({
  name: 'when',
  description: 'gives rows as a database does',
  input: z.object({}),
  run: async () => [{ id: 1n, at: new Date(0), note: undefined as string | undefined }],
})

export const far = defineRemoteTool({
  name: 'far',
  description: 'is far',
  input: z.object({ a: z.number() }),
  activity: 'far',
  taskQueue: 'far',
})

/** What `look_up` gives. */
export interface Station {
  readonly station: string
  readonly passengers: number
  readonly team: string | undefined
}

export type Is<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false

export const holds = <_Claim extends true>() => {}
