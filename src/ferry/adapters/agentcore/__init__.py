"""Amazon Bedrock AgentCore's Code Interpreter behind the port `Sandbox`.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-tool.html
"""

from ferry.adapters.agentcore.interpreter import AgentCoreCodeInterpreter

__all__ = ["AgentCoreCodeInterpreter"]
