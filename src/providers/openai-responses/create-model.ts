import type { Connection } from '../dialect.ts'
import { createProvider } from '../openai/create-model.ts'

export async function createModel(connection: Connection) {
  return (await createProvider(connection)).responses(connection.endpoint.upstream)
}
