namespace Platform.Server.Tests.Elsa;

/// <summary>Documents for tests.</summary>
public static class Documents
{
    private const string Decision = """
        {"type":"Elsa.FlowDecision","version":1,"id":"d1","name":"Decision1","condition":{"typeName":"Boolean","expression":{"type":"Literal","value":"DECISION"}}}
        """;

    private const string Fault = """
        {"type":"Elsa.Fault","version":1,"id":"d1","name":"Decision1","message":{"typeName":"String","expression":{"type":"Literal","value":"Boom"}}}
        """;

    private const string Template = """
        {
          "definitionId": "DEFINITION", "id": "VERSION", "name": "NAME", "description": "Longer than nothing", "toolVersion": "3.8.2.0",
          "variables": [{"id":"v1","name":"Variable1","typeName":"String","isArray":false,"value":"abc",
            "storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}],
          "root": {
            "type": "Elsa.Flowchart", "version": 1, "id": "root1", "name": "Flowchart1", "metadata": {}, "customProperties": {}, "variables": [],
            "activities": [
              {"type":"Elsa.WriteLine","version":1,"id":"w1","name":"WriteLine1","metadata":{"designer":{"position":{"x":1,"y":2}}},
               "customProperties":{"canStartWorkflow":true},"text":{"typeName":"String","expression":{"type":"Literal","value":"Hello"}}},
              SECOND,
              {"type":"Elsa.WriteLine","version":1,"id":"w2","name":"WriteLine2","text":{"typeName":"String","expression":{"type":"Literal","value":"Yes"}}},
              {"type":"Elsa.Event","version":1,"id":"ev","name":"Event1","eventName":{"typeName":"String","expression":{"type":"Literal","value":"Go-DEFINITION"}}}
            ],
            "connections": [
              {"source":{"activity":"w1","port":"Done"},"target":{"activity":"d1","port":"In"},"vertices":[]},
              {"source":{"activity":"d1","port":"True"},"target":{"activity":"w2","port":"In"},"vertices":[]},
              {"source":{"activity":"d1","port":"False"},"target":{"activity":"ev","port":"In"},"vertices":[]}
            ]
          }
        }
        """;

    /// <summary>A workflow that writes a line, decides (or faults), and then writes (true) or waits for an event (false).</summary>
    public static string Order(string definitionId, string id, string name, string decision = "True", bool faults = false) => Template
        .Replace("SECOND", faults ? Fault : Decision, StringComparison.Ordinal)
        .Replace("DEFINITION", definitionId, StringComparison.Ordinal)
        .Replace("VERSION", id, StringComparison.Ordinal)
        .Replace("NAME", name, StringComparison.Ordinal)
        .Replace("DECISION", decision, StringComparison.Ordinal);

    /// <summary>A workflow of one root activity.</summary>
    public static string Of(string name, string root) => $$"""{"definitionId":"{{name}}","name":"{{name}}","root":{{root}} }""";

    public static string WriteLine(string id, string text = "Hi") => """
        {"type":"Elsa.WriteLine","version":1,"id":"ID","text":{"typeName":"String","expression":{"type":"Literal","value":"TEXT"}}}
        """.Replace("ID", id, StringComparison.Ordinal).Replace("TEXT", text, StringComparison.Ordinal);
}
