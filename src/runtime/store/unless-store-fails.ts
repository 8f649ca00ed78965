import { StoreProblem } from '../../store/index.ts'

/** The result, or `instead` if the store cannot be used now. For reads and writes that may be left out or are tried again later. */
export async function unlessStoreFails<Result, Instead>(
  result: Promise<Result>,
  instead: Instead,
): Promise<Result | Instead> {
  try {
    return await result
  } catch (error) {
    if (error instanceof StoreProblem) return instead
    throw error
  }
}
