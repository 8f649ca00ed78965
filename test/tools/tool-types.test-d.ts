/**
 * What the types of a tool's value say in a workflow. Checked by `npm run check`.
 *
 * @module
 */
import type { JsonValue } from '../../src/core/messages.ts'
import type { Tool, ToolInput } from '../../src/index.ts'
import type { Run, ToolAnswer, ToolResult } from '../../workflows/public.ts'
import { far, holds, type Is, lookUp, type Station, tell, when } from './typed-tools.ts'

const tools: readonly Tool[] = [lookUp, tell, when, far]

export async function typed<Own>(run: Run): Promise<readonly Tool[]> {
  const york = { station: 'York' } satisfies ToolInput<typeof lookUp>
  const found = await run.tool<ToolResult<typeof lookUp>>('look_up', york)
  holds<Is<typeof found, ToolAnswer<Station>>>()
  holds<Is<ToolInput<typeof lookUp>, { station: string; year?: number | undefined }>>()
  holds<Is<ToolInput<typeof far>, { a: number }>>()
  holds<Is<ToolResult<typeof tell>, null>>()
  holds<Is<ToolResult<typeof when>, { id: string; at: string; note: string | undefined }[]>>()
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
