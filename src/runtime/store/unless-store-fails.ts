import { StoreProblem } from '../../store/index.ts'

/**
 * What the store gave, or `instead` if it cannot be used now. For reads and writes that can be left out, or are tried again
 * later.
 */
export async function unlessStoreFails<Given, Instead>(
  given: Promise<Given>,
  instead: Instead,
): Promise<Given | Instead> {
  try {
    return await given
  } catch (error) {
    if (error instanceof StoreProblem) return instead
    throw error
  }
}
