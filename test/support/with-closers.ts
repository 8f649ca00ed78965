import { type Closers, createClosers } from '../../src/runtime/closers.ts'

/** Builds something of parts that must end: `close` ends them, and so does a failure midway. */
export async function withClosers<Built extends object>(
  build: (later: Closers['add']) => Promise<Built>,
): Promise<Built & Pick<Closers, 'close'>> {
  const { add, close } = createClosers()
  try {
    return { ...(await build(add)), close }
  } catch (error) {
    await close()
    throw error
  }
}
