/** The vendor of the long run, in a process of its own: no delay, a remark and one tool call in every answer. */
import { startVendors } from '../../../src/providers/simulated/index.ts'
import { serveBench } from '../../processes/parent.ts'
import { CONTEXT_WINDOW, STEPS, TOOL } from '../settings.ts'

const REMARK =
  'Noted. The next page should say how the section was cleared and which lever was pulled before the bell code.'

const running = await startVendors({
  vendors: [
    {
      name: 'bench',
      protocol: 'openai-compatible',
      models: {
        reader: {
          contextWindow: CONTEXT_WINDOW,
          maxOutput: 8_192,
          price: { input: 1, cachedInput: 0.1, output: 4 },
          answerTokens: [300, 400],
        },
      },
      behaviours: [
        {
          match: 'archive',
          // More than the run has steps, for a summary in the prompt makes the vendor count anew.
          turns: Array.from({ length: STEPS * 2 }, (_, page) => ({
            text: REMARK,
            tools: [{ name: TOOL.name, arguments: { page } }],
          })),
        },
      ],
    },
  ],
})

serveBench(running.vendors[0]!.baseUrl, () => running.close())
