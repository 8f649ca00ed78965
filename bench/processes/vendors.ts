/** The vendor, in a process of its own: it answers without delay, and always with 100 tokens. */
import { startVendors } from '../../src/providers/simulated/index.ts'
import { serveBench } from './parent.ts'

const running = await startVendors({
  vendors: [
    {
      name: 'bench',
      protocol: 'openai-compatible',
      models: {
        answers: {
          contextWindow: 200_000,
          maxOutput: 8_192,
          price: { input: 1, output: 4 },
          answerTokens: [100, 100],
        },
      },
    },
  ],
})

serveBench(running.vendors[0]!.baseUrl, () => running.close())
