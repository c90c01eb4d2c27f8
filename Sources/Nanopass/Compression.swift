import CZstd

/// zstd, as far as snapshots need it.
enum Compression {
  /// More than this is never decompressed, in bytes.
  static let sizeLimit = 1 << 30
  private static let level: Int32 = 9

  /// One zstd frame with a checksum.
  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { throw SnapshotError("out of memory while compressing") }
    defer { ZSTD_freeCCtx(context) }
    _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    _ = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    let bound = ZSTD_compressBound(bytes.count)
    var failure: SnapshotError?
    let result = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      let written = bytes.withUnsafeBytes {
        ZSTD_compress2(context, buffer.baseAddress, bound, $0.baseAddress, $0.count)
      }
      if ZSTD_isError(written) != 0 {
        failure = SnapshotError("can't compress: \(String(cString: ZSTD_getErrorName(written)))")
      } else {
        count = written
      }
    }
    if let failure { throw failure }
    return result
  }

  /// What one zstd frame holds; `bytes` must be that frame and nothing else.
  static func decompress(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
    guard let stream = ZSTD_createDStream() else { throw SnapshotError("out of memory while decompressing") }
    defer { ZSTD_freeDStream(stream) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: max(1 << 16, ZSTD_DStreamOutSize()))
    try bytes.withUnsafeBytes { source in
      var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      while true {
        let (state, produced) = chunk.withUnsafeMutableBytes { target in
          var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          return (ZSTD_decompressStream(stream, &output, &input), output.pos)
        }
        if ZSTD_isError(state) != 0 {
          throw SnapshotError("the file is damaged: \(String(cString: ZSTD_getErrorName(state)))")
        }
        result.append(contentsOf: chunk[..<produced])
        guard result.count <= sizeLimit else {
          throw SnapshotError("the snapshot unpacks to more than \(sizeLimit >> 20) MiB")
        }
        if state == 0 {
          guard input.pos == source.count else { throw SnapshotError("the file has data behind its end") }
          return
        }
        if input.pos == source.count, produced < chunk.count { throw SnapshotError("the file is cut off") }
      }
    }
    return result
  }
}
