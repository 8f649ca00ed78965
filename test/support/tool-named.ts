import { z } from 'zod'
import { defineTool, type ToolDefinition } from '../../src/tools/index.ts'

const NOTHING = z.object({})

/** A tool of which no more matters than its name and what comes of it. */
export function toolNamed(
  name: string,
  run: () => unknown,
  options: Partial<Omit<ToolDefinition<typeof NOTHING, unknown>, 'name' | 'input' | 'run'>> = {},
) {
  return defineTool({ description: name, ...options, name, input: NOTHING, run: async () => run() })
}
