// @tus/server with @tus/file-store as they come, in two processes: what our uploads are measured
// beside. With "durable" each write is followed by an fsync of the file and of its folder.
// Usage: node measured_server.mjs <folder> <port> [durable]
import cluster from 'node:cluster'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const [folder, port, durable] = process.argv.slice(2)

async function sync(path) {
  const file = await open(path)
  await file.sync()
  await file.close()
}

class DurableStore extends FileStore {
  async write(stream, id, offset) {
    const reached = await super.write(stream, id, offset)
    await sync(join(folder, id))
    await sync(folder)
    return reached
  }
}

if (cluster.isPrimary) {
  cluster.fork()
  cluster.fork()
} else {
  const Store = durable === 'durable' ? DurableStore : FileStore
  const server = new Server({ path: '/files', datastore: new Store({ directory: folder }) })
  server.listen({ host: '127.0.0.1', port: Number(port) })
}
