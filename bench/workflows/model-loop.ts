import { type Brief, type Outcome, openRun } from '../../workflows/public.ts'

/** Our loop: one model call a step, one after the other, each a conversation of its own. */
export async function modelLoop({ input, terms }: Brief<{ readonly steps: number }>): Promise<Outcome<number>> {
  const run = openRun(terms)
  let characters = 0
  for (let step = 1; step <= input.steps; step += 1) {
    const prompt = `Step ${step} of ${input.steps}: name the next thing to do.`
    const { text } = await run.generate('bench', { prompt })
    characters += text.length
  }
  return run.close(characters)
}
