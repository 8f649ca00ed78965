import { expect, it } from 'vitest'
import { sqliteProblem } from '../../src/store/sqlite/problems.ts'

/** Thrown as anything else it would end a worker, whose looks at the store nobody calls. */
it('what SQLite says of a file system without sound locks is a problem of the store', () => {
  const failed = Object.assign(new Error('locking protocol'), { code: 'ERR_SQLITE_ERROR', errcode: 15 })
  expect(sqliteProblem(failed, '/mnt/store.db')).toMatchObject({
    name: 'StoreProblem',
    kind: 'busy',
    message: expect.stringMatching(/\/mnt\/store\.db cannot be locked.*local disk.*or use PostgreSQL/),
  })
})
