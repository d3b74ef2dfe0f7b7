/// The memory of the C structures of one message while it is encoded; all of it goes at once.
public final class Arena {
  private static let firstChunkBytes = 1024
  private static let alignment = 8

  private var chunks: [UnsafeMutableRawPointer] = []
  private var next: UnsafeMutableRawPointer
  private var bytesLeft: Int
  private var chunkBytes = Arena.firstChunkBytes
  /// The first thing that cannot be encoded.
  var failure: ContractError?

  init() {
    next = .allocate(byteCount: chunkBytes, alignment: Self.alignment)
    bytesLeft = chunkBytes
    chunks = [next]
  }

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  /// Memory that holds nothing yet.
  func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let aligned = (bytes + Self.alignment - 1) & ~(Self.alignment - 1)
    if aligned > bytesLeft { addChunk(for: aligned) }
    let memory = next
    next += aligned
    bytesLeft -= aligned
    return memory
  }

  private func addChunk(for bytes: Int) {
    chunkBytes = max(chunkBytes * 2, bytes)
    next = .allocate(byteCount: chunkBytes, alignment: Self.alignment)
    bytesLeft = chunkBytes
    chunks.append(next)
  }
}
