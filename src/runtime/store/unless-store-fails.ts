import { StoreProblem } from '../../store/index.ts'

/** What the store gave, or `instead` while it cannot be used, for what can do without it and is tried again. */
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
