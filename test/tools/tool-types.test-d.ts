/**
 * What the types of a tool's value say in a workflow. Checked by `npm run check`.
 *
 * @module
 */
import { z } from 'zod'
import type { JsonValue } from '../../src/core/messages.ts'
import type { Tool } from '../../src/index.ts'
import { defineRemoteTool, defineTool } from '../../src/index.ts'
import type { Run, ToolAnswer, ToolInput, ToolResult } from '../../workflows/public.ts'

const lookUp = defineTool({
  name: 'look_up',
  description: 'looks a station up',
  input: z.object({ station: z.string(), year: z.number().default(2026) }),
  needsApproval: ({ year }) => year < 2000,
  run: async ({ station, year }, { labels }) => ({ station, passengers: year, team: labels.team }),
})
const tell = defineTool({ name: 'tell', description: 'tells', input: z.object({}), run: () => {} })
const far = defineRemoteTool({
  name: 'far',
  description: 'is far',
  input: z.object({ a: z.number() }),
  activity: 'far',
  taskQueue: 'far',
})
const tools: readonly Tool[] = [lookUp, tell, far]

type Is<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false
const holds = <_Claim extends true>() => {}

export async function typed<Own>(run: Run): Promise<readonly Tool[]> {
  const york = { station: 'York' } satisfies ToolInput<typeof lookUp>
  const found = await run.tool<ToolResult<typeof lookUp>>('look_up', york)
  holds<Is<typeof found, ToolAnswer<{ station: string; passengers: number; team: string | undefined }>>>()
  holds<Is<ToolInput<typeof lookUp>, { station: string; year?: number | undefined }>>()
  holds<Is<ToolInput<typeof far>, { a: number }>>()
  holds<Is<ToolResult<typeof tell>, null>>()
  holds<Is<ToolResult<typeof far>, JsonValue>>()
  holds<Is<ToolResult<Tool>, JsonValue>>()
  const named = await run.tool('look_up', { station: 7 })
  holds<Is<typeof named, ToolAnswer<JsonValue>>>()
  const given = await run.tool<{ passengers: number }>('look_up', { station: 7 })
  holds<Is<typeof given, ToolAnswer<{ passengers: number }>>>()
  const own = await run.tool<Own>('look_up', { station: 7 })
  holds<Is<typeof own, ToolAnswer<Own>>>()
  // @ts-expect-error: this claim does not hold
  holds<Is<ToolResult<typeof lookUp>, { station: string }>>()
  return tools
}
