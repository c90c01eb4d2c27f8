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
import SpecialisePasses
import TypePasses

/// The road from source files to `Machine`, pass by pass. The types of the passes fix most of the order; where
/// something else does, a line says what.
public let nativePipeline: Pipeline<Resolved> = Pipeline.starting(with: Source.self)
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
  .then(ResolveNames.self)
  .then(CheckTypeDeclarations.self)
