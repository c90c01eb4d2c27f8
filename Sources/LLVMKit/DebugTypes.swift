internal import CLLVM

extension DebugInfo {
  /// A type as a debugger shows it.
  public struct DataType: Hashable {
    let handle: LLVMMetadataRef
  }

  /// What the bits of a basic type mean.
  public enum Encoding: Sendable {
    case boolean, float, signed, unsigned

    fileprivate var code: LLVMDWARFTypeEncoding {
      switch self {
      case .boolean: 0x02
      case .float: 0x04
      case .signed: 0x05
      case .unsigned: 0x07
      }
    }
  }

  /// A part of a struct or union.
  public struct Member {
    /// Its name.
    public var name: String
    /// Its type.
    public var type: DataType
    /// Where it lies, in bytes.
    public var offset: Int
    /// Its size in bytes.
    public var size: Int

    /// A member at an offset; both numbers are bytes.
    public init(_ name: String, _ type: DataType, offset: Int, size: Int = 8) {
      (self.name, self.type, self.offset, self.size) = (name, type, offset, size)
    }
  }

  /// A basic type of `size` bytes.
  public func basicType(_ name: String, size: Int, _ encoding: Encoding) -> DataType? {
    LLVMDIBuilderCreateBasicType(handle, name, name.utf8.count, UInt64(size) * 8, encoding.code, LLVMDIFlagZero)
      .map(DataType.init(handle:))
  }

  /// A type of `size` bytes whose values have names; the first is 0.
  public func enumeration(_ name: String, of names: [String], size: Int) -> DataType? {
    enumeration(name, of: names.enumerated().map { (name: $1, value: $0) }, size: size)
  }

  /// A type of `size` bytes some of whose values have names.
  public func enumeration(_ name: String, of values: [(name: String, value: Int)], size: Int) -> DataType? {
    var values = values.map { name, value in
      LLVMDIBuilderCreateEnumerator(handle, name, name.utf8.count, Int64(value), 1)
    }
    let underlying = basicType("word", size: size, .unsigned)?.handle
    return LLVMDIBuilderCreateEnumerationType(
      handle, mainFile.handle, name, name.utf8.count, mainFile.handle, 0, UInt64(size) * 8, 0, &values,
      UInt32(values.count), underlying
    ).map(DataType.init(handle:))
  }

  /// Another name for a type.
  public func alias(_ name: String, of type: DataType) -> DataType? {
    LLVMDIBuilderCreateTypedef(handle, type.handle, name, name.utf8.count, mainFile.handle, 0, mainFile.handle, 0)
      .map(DataType.init(handle:))
  }

  /// The address of a value of a type.
  public func pointer(to type: DataType) -> DataType? {
    LLVMDIBuilderCreatePointerType(handle, type.handle, 64, 0, 0, "", 0).map(DataType.init(handle:))
  }

  /// A union whose members come later, so that they can mention it; to be replaced by one that `union` makes.
  public func unfinishedUnion(_ name: String) -> DataType? {
    LLVMDIBuilderCreateReplaceableCompositeType(
      handle, 0x17, name, name.utf8.count, mainFile.handle, mainFile.handle, 0, 0, 0, 0, LLVMDIFlagZero, "", 0
    ).map(DataType.init(handle:))
  }

  /// Put a type in the place of an unfinished one.
  public func replace(_ unfinished: DataType, by type: DataType) {
    LLVMMetadataReplaceAllUsesWith(unfinished.handle, type.handle)
  }

  /// A type with members, of which a value has one at a time.
  public func union(_ name: String, _ members: [Member], size: Int) -> DataType? {
    var handles = members.map(member)
    return LLVMDIBuilderCreateUnionType(
      handle, mainFile.handle, name, name.utf8.count, mainFile.handle, 0, UInt64(size) * 8, 0, LLVMDIFlagZero,
      &handles, UInt32(handles.count), 0, "", 0
    ).map(DataType.init(handle:))
  }

  /// A type with members one behind the other.
  public func structure(_ name: String, _ members: [Member], size: Int) -> DataType? {
    var handles = members.map(member)
    return LLVMDIBuilderCreateStructType(
      handle, mainFile.handle, name, name.utf8.count, mainFile.handle, 0, UInt64(size) * 8, 0, LLVMDIFlagZero, nil,
      &handles, UInt32(handles.count), 0, nil, "", 0
    ).map(DataType.init(handle:))
  }

  private func member(_ member: Member) -> LLVMMetadataRef? {
    LLVMDIBuilderCreateMemberType(
      handle, mainFile.handle, member.name, member.name.utf8.count, mainFile.handle, 0, UInt64(member.size) * 8, 0,
      UInt64(member.offset) * 8, LLVMDIFlagZero, member.type.handle)
  }
}
