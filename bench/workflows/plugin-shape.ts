import type {
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4Message,
  LanguageModelV4ToolCall,
} from '@ai-sdk/provider'
import { proxyActivities } from '@temporalio/workflow'
import { INSTRUCTIONS, TOOL } from '../long/settings.ts'

interface PluginActivities {
  invokeModel(modelId: string, options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult>
  readPage(key: string): Promise<string>
}

/** The loop with its transcript in the workflow, as the plug-in has it: every call sends all of it through history. */
export async function pluginShape({
  input,
  steps,
}: {
  readonly input: string
  readonly steps: number
}): Promise<number> {
  const { invokeModel, readPage } = proxyActivities<PluginActivities>({
    startToCloseTimeout: '1m',
    retry: { maximumAttempts: 2 },
  })
  const prompt: LanguageModelV4Message[] = [
    { role: 'system', content: INSTRUCTIONS },
    { role: 'user', content: [{ type: 'text', text: input }] },
  ]
  const schema = { type: 'object' as const, properties: { page: { type: 'number' as const } }, required: ['page'] }
  const tools = [{ type: 'function' as const, ...TOOL, inputSchema: schema }]
  for (let step = 1; step <= steps; step += 1) {
    const { content } = await invokeModel('reader', { prompt, tools })
    prompt.push({ role: 'assistant', content: content.map(partOf) })
    for (const call of content.filter(part => part.type === 'tool-call')) {
      const value = await readPage(`${step} ${call.toolCallId}`)
      const output = { type: 'text' as const, value }
      const { toolCallId, toolName } = call
      prompt.push({ role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output }] })
    }
  }
  return steps
}

type Part = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number]

function partOf(part: LanguageModelV4GenerateResult['content'][number]): Part {
  return part.type === 'tool-call'
    ? { ...part, input: JSON.parse((part as LanguageModelV4ToolCall).input) }
    : (part as Part)
}
