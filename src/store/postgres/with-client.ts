/**
 * Borrows a connection from the pool, and gives it back, or away where it is broken.
 *
 * @module
 */
import type { Pool, PoolClient } from 'pg'
import type { Line } from './line.ts'
import { isStale, postgresProblem } from './problems.ts'

export interface Server {
  readonly pool: Pool
  /** For people. */
  readonly place: string
  readonly line: Line
}

/**
 * Tries again on another connection where a statement that this one keeps no longer fits. That error has changed nothing, and would end a
 * worker whose look at the store nobody awaits. At worst each of the pool's connections has to go.
 */
export async function withClient<Result>(
  server: Server,
  body: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  for (let left = server.pool.options.max; ; left -= 1) {
    try {
      return await onClient(server, body)
    } catch (error) {
      if (!isStale(error) || left === 0) throw error
    }
  }
}

async function onClient<Result>(
  { pool, place, line }: Server,
  body: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  let client: PoolClient | undefined
  let broken = false
  try {
    line.require()
    client = await pool.connect()
    return await body(client)
  } catch (error) {
    const problem = postgresProblem(error, place)
    broken = problem !== undefined || isStale(error)
    throw problem ?? error
  } finally {
    client?.release(broken)
  }
}
