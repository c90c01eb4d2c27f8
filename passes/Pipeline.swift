import CorePasses
import DesugarPasses
import EffectPasses
import FrontendPasses
public import Languages
import LoopPasses
import MachinePasses
import MatchingPasses
import MemoryPasses
import NamePasses
public import Nanopass
import NativePasses
import SpecialisePasses
import TypePasses
import WasmPasses

/// The road from source files that all targets share, pass by pass. The types of the passes fix most of the order; where
/// something else does, a line says what.
private let sharedPipeline: Pipeline<Services> = Pipeline.starting(with: Source.self)
  .phase("front end")
  .then(Load.self)
  .then(Lex.self)
  .then(InsertLayout.self)
  .then(Parse.self)
  .then(OrderModules.self)
  .phase("names")
  .then(CheckDeclarations.self)
  .then(CheckExposure.self)
  .then(CheckMain.self)
  .then(CheckContracts.self)
  .whenChecking(CheckCaseSides.self)
  .whenChecking(CheckDecisions.self)
  .whenChecking(CheckStyle.self)
  .then(ResolveNames.self)
  .then(CheckTypeDeclarations.self)
  .then(CheckInitialisation.self)
  .phase("types")
  .then(CheckEffects.self)
  .then(InferTypes.self)
  .then(CheckMatches.self)
  .whenChecking(CheckUses.self)
  .phase("desugaring")
  .then(LowerProducts.self)
  .then(LowerInterpolation.self)
  .then(LowerRecords.self)
  .then(LowerMaps.self)
  .then(LowerLists.self)
  .then(LowerTuples.self)
  .then(LowerPropagation.self)
  .then(AddEntry.self)
  .phase("specialisation")
  .then(UpdateVectors.self)
  // Before instantiation, so that nothing is instantiated in vain.
  .then(DropUnusedFunctions.self)
  .then(Monomorphise.self)
  .then(DeriveOrder.self)
  .then(SpecialiseFunctions.self)
  .then(DeriveEquality.self)
  .then(ThreadBindings.self)
  .phase("matching")
  .then(CompileMatches.self)
  .phase("core")
  .then(NormaliseToANF.self)
  .then(InferBehaviour.self)
  // Before calls get accumulators, which differ.
  .whenOptimising(ReuseCommonCalls.self)
  .whenOptimising(IntroduceAccumulators.self)
  .whenOptimising(InlineSmallFunctions.self)
  // What has been inlined calls nothing any more.
  .whenOptimising(InlineSingleCalls.self)
  .whenOptimising(PropagateCopies.self)
  // Functions that only one recursion calls are part of it now.
  .whenOptimising(FuseProducers.self)
  // Literals have come to the calls; what they decide is still to be folded.
  .whenOptimising(SpecialiseConstantArguments.self)
  // Folded comparisons are literals that the switches can use.
  .whenOptimising(FoldConstants.self)
  // A choice by a value that has been used in one before is known.
  .whenOptimising(ReuseCommonValues.self)
  .whenOptimising(SimplifyKnownSwitches.self)
  .whenOptimising(SplitJoins.self)
  .whenOptimising(InlineJoins.self)
  .whenOptimising(EliminateDeadCode.self)
  .whenOptimising(DropUnreachableFunctions.self)
  // What only unreachable functions pass counts for nothing.
  .whenOptimising(UnboxCharacters.self)
  .phase("loops")
  .then(MarkTailCalls.self)
  .then(FormLoops.self)
  .whenOptimising(DropInvariantLoopParameters.self)
  // What a loop hands on unchanged is outside of it now.
  .whenOptimising(HoistLoopInvariants.self)
  .phase("effects")
  .then(LowerEffects.self)

/// The same with what fits words in words, for the targets whose values lie in memory.
private let rangedPipeline: Pipeline<Services> =
  sharedPipeline
  .phase("ranges")
  .whenOptimising(InferRanges.self)
  .whenOptimising(PrintWordsDirectly.self)

/// The road of those targets, which count references.
private func toCounted(_ road: Pipeline<Services>) -> Pipeline<Counted> {
  road
    .phase("memory")
    // While types tell the fields of each constructor. What a join point takes apart is then taken apart where it comes
    // from, which may be a call.
    .whenOptimising(UnboxParameters.self)
    .whenOptimising(UnboxResults.self)
    // What is passed in parts is taken apart where it is read.
    .whenOptimising(FlattenFields.self)
    .then(ChooseShapes.self)
    // Before cells get holes, which are no constants.
    .whenOptimising(ShareConstantCells.self)
    .whenOptimising(FillHoles.self)
    .then(InferBorrows.self)
    .then(InsertCounts.self)
    .whenOptimising(CancelCounts.self)
    .whenOptimising(TakeFields.self)
    .whenOptimising(ReuseCells.self)
}

/// The road to native code: from `Machine` LLVM goes on.
public let nativePipeline: Pipeline<Machine> =
  toCounted(rangedPipeline)
  .phase("machine")
  .then(LowerToMachine.self)
  .whenOptimising(FuseIntegerCounts.self)
  .whenOptimising(VersionBlocks.self)
  .then(ExpandIntegerArithmetic.self)
  .then(ExpandCounts.self)
  .whenOptimising(ExpandAllocations.self)
  .whenOptimising(SplitBaseCases.self)
  .whenOptimising(UnrollRecursions.self)
  .then(SimplifyBlocks.self)

/// The road to WebAssembly whose values lie on the engine's heap.
public let wasmGCPipeline: Pipeline<WasmCode> = toWasmCode(
  sharedPipeline
    .phase("ranges")
    .whenOptimising(InferEngineRanges.self)
    .whenOptimising(PrintWordsDirectly.self)
    .phase("memory")
    // What an engine's collector never sees costs nothing: n_body takes 0.86 of the time with these three, ordered_map
    // 0.94, and a small json_parser is 2 % smaller.
    .whenOptimising(UnboxParameters.self)
    .whenOptimising(UnboxResults.self)
    .whenOptimising(FlattenFields.self)
    .whenFavouringSpeed(FuseConcatenations.self)
    .phase("wasm")
    .then(LowerToWasmGC.self)
    .whenFavouringSpeed(SpeculateOnWords.self)
    // Behind it, since versions on words are short.
    .whenFavouringSpeed(PeelBaseCases.self)
    .whenFavouringSpeed(DropProvenChecks.self)
    .whenFavouringSpeed(ConvertShortBranches.self)
    .then(LinkWasmLibrary.self)
    .whenFavouringSpeed(HoistVectorArrays.self)
    .whenFavouringSpeed(InlineFastPaths.self)
    // Behind fast paths, which are put in place of many calls and leave functions with few.
    .whenOptimising(InlineOnlyCalls.self)
    // What a function that has been put in place of its call makes can take the place of what the caller took apart.
    .whenFavouringSpeed(ReuseUniqueCells.self)
    // Structs whose big integers change in place stay whole.
    .whenFavouringSpeed(SplitColdFields.self)
    // Behind it, since constants have no such fields; and what changes in place is no constant.
    .whenFavouringSpeed(ShareConstantStructs.self))

/// The part of it behind `WasmIR`.
public let wasmPipeline: Pipeline<WasmCode> = toWasmCode(
  Pipeline.starting(with: WasmIR.self)
    .phase("wasm")
    .whenOptimising(InlineOnlyCalls.self))

/// The road to WebAssembly whose values lie in memory.
public let wasm32Pipeline: Pipeline<WasmCode> = toWasmCode(
  toCounted(
    rangedPipeline
      // Behind the ranges: what is proved needs no attempt.
      .whenFavouringSpeed(TryWordsFirst.self)
  )
  .phase("wasm")
  .then(LowerToWasmMemory.self)
  // Functions on words are short.
  .whenFavouringSpeed(PeelBaseCases.self)
  .then(LinkWasmLibrary.self)
  .then(CountReferences.self)
  .then(LayOutInMemory.self)
  .then(LinkMemoryFunctions.self)
  .whenFavouringSpeed(InlineFastPaths.self)
  .whenOptimising(InlineOnlyCalls.self))

private func toWasmCode(_ road: Pipeline<WasmIR>) -> Pipeline<WasmCode> {
  road
    .whenOptimising(FoldSingleUses.self)
    .whenOptimising(GatherStringLiterals.self)
    // What has been folded away mentions nothing any more.
    .then(DropUnusedDeclarations.self)
    .then(LowerToWasmCode.self)
    .whenOptimising(OutlineRepeatedCode.self)
}

/// A road from source files to what a back end takes.
public enum Road: String, CaseIterable, Sendable {
  case native
  case wasmGC = "wasm-gc"
  case wasm32

  /// The passes in order.
  public var stages: [Stage] {
    switch self {
    case .native: nativePipeline.stages
    case .wasmGC: wasmGCPipeline.stages
    case .wasm32: wasm32Pipeline.stages
    }
  }

  /// The steps behind the passes, in order.
  public var steps: [any BackEndStep] {
    switch self {
    case .native: NativeStep.allCases
    case .wasmGC, .wasm32: WasmStep.allCases
    }
  }

  /// Whether it has a pass or a step of that name.
  public func leads(through name: String) -> Bool {
    stages.contains { $0.name == name } || steps.contains { $0.name == name }
  }

  /// The road that a program has been lowered for, of those that have languages in common; nil if it may take several.
  public static func chosen(in program: AnyProgram) -> Road? {
    if let program = program.root as? WasmIR.Root { return program.heap == .memory ? .wasm32 : .wasmGC }
    guard let module = program.root as? WasmCode.Root else { return nil }
    let isCommand = module.exports.contains { if case .function(_, "_start", _) = $0 { true } else { false } }
    return isCommand ? .wasm32 : .wasmGC
  }

  /// The first road with a pass or a step of that name; nil if there is none.
  public static func through(_ name: String) -> Road? { allCases.first { $0.leads(through: name) } }
}

/// Every step behind passes once, in the order of the roads.
public let allSteps: [any BackEndStep] = NativeStep.allCases + WasmStep.allCases

/// Every pass once: those of the native road, then those that only other roads have. Snapshots are numbered by it.
public let allStages: [Stage] = {
  var names: Set<String> = []
  return Road.allCases.flatMap(\.stages).filter { names.insert($0.name).inserted }
}()
