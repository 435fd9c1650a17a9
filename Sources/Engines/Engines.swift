import Bytecode
