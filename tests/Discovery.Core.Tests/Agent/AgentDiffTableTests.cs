using System.Globalization;
using Discovery.Catalog;
using Discovery.Health;

namespace Discovery.Agent;

/// <summary>Runs the table of what the agent writes, by what it has and what the catalog shows.</summary>
public class AgentDiffTableTests
{
    private const string Table = "agent-diff.txt";

    [Fact]
    public void Compare_EveryCaseOfTheTable_WritesWhatItSays()
    {
        var produced = new List<string>();
        AgentState agent = NewAgent();
        NodeRows rows = new();
        CatalogNode? node = null;
        foreach (string line in File.ReadAllLines(HealthTestData.PathOf(Table)).Append("")
            .Where(static line => !line.StartsWith("=>", StringComparison.Ordinal)))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                produced.AddRange(Describe(AgentDiff.Compare(agent, WithNode(rows, node))));
                agent = NewAgent();
                rows = new NodeRows();
                node = null;
            }
            else if (words[0] == "agent")
            {
                agent = ReadAgent(agent, words[1..]);
            }
            else if (words[0] == "catalog")
            {
                node = ReadCatalog(rows, node, words[1..]);
            }

            produced.Add(line);
        }

        HealthTestData.Check(Table, produced[..^1]);
    }

    private static AgentState NewAgent() => new()
    {
        Node = new AgentIdentity { Name = "n1", Address = "10.0.0.1", Datacenter = "dc1" }.ToRow(),
    };

    private static AgentState ReadAgent(AgentState agent, string[] words)
    {
        switch (words[0])
        {
            case "service":
                CatalogService service = Service("n1", "n1", words[1], words[2]) with { EnableTagOverride = words.Contains("override") };
                return agent.PutService(new AgentServiceEntry { Row = service, Context = CallContext.Local }, []);
            case "check":
                return agent.PutCheck(new AgentCheckEntry { Row = Check("n1", "n1", words[1..]), Context = CallContext.Local });
            case "removed":
                return agent.RemoveService(words[1], Enum.Parse<DepartureReason>(words[2]));
            case "removedcheck":
                return agent.RemoveCheck(words[1]);
            case "keepsunknown":
                return agent with { KeepsUnknown = true };
            default:
                throw new FormatException($"unknown word {words[0]}");
        }
    }

    private static CatalogNode? ReadCatalog(NodeRows rows, CatalogNode? node, string[] words)
    {
        string? owner = words[1] == "-" ? null : words[1];
        switch (words[0])
        {
            case "node":
                return new CatalogNode
                {
                    Name = owner is "N1" ? "N1" : "n1",
                    Id = new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
                    Address = words.Length > 2 ? words[2] : "10.0.0.1",
                    Datacenter = "dc1",
                    Owner = owner,
                };
            case "service":
                rows.Services.Add(words[2], Service(node!.Name, owner, words[2], words[3]));
                return node;
            case "check":
                CatalogCheck check = Check(node!.Name, owner, words[2..]);
                rows.Checks.Add(check.CheckId, check);
                return node;
            default:
                throw new FormatException($"unknown word {words[0]}");
        }
    }

    private static CatalogService Service(string node, string? owner, string id, string tags) => new()
    {
        Node = node,
        Id = id,
        Name = id,
        Tags = tags[1..^1].Split(',', StringSplitOptions.RemoveEmptyEntries),
        EnableTagOverride = id is "free" or "wider",
        Owner = owner,
    };

    private static CatalogCheck Check(string node, string? owner, string[] words)
    {
        string[] ids = words[0].Split('/');
        return new CatalogCheck
        {
            Node = node,
            CheckId = ids[1],
            ServiceId = ids[0],
            ServiceName = ids[0],
            Status = Enum.Parse<CheckStatus>(words[1], ignoreCase: true),
            Output = words.Length > 2 ? words[2] : "",
            Owner = owner,
        };
    }

    private static NodeRows WithNode(NodeRows rows, CatalogNode? node)
    {
        var all = new NodeRows { Node = node };
        foreach ((string id, CatalogService service) in rows.Services)
        {
            all.Services.Add(id, service);
        }

        foreach ((string id, CatalogCheck check) in rows.Checks)
        {
            all.Checks.Add(id, check);
        }

        return all;
    }

    private static IEnumerable<string> Describe(AgentPlan plan)
    {
        if (plan is { Steps.Count: 0, Conflicts.Count: 0, AdoptedTags.Count: 0 })
        {
            yield return "=> nothing";
        }

        foreach (AgentStep step in plan.Steps)
        {
            yield return "=> " + (step.Register is { } register ? Describe(step, register) : Describe(step.Deregister!));
        }

        foreach (CatalogService adopted in plan.AdoptedTags)
        {
            yield return $"=> adopt {adopted.Id} [{string.Join(',', adopted.Tags)}]";
        }

        foreach (AgentConflict conflict in plan.Conflicts)
        {
            string entry = conflict.ServiceId ?? (conflict.CheckId is { } check ? "/" + check : "node");
            yield return $"=> conflict {entry} kept by {conflict.Owner}";
        }
    }

    private static string Describe(AgentStep step, RegisterCommand command)
    {
        Assert.True(command.EnforceOwnership);
        Assert.Equal("n1", command.Owner);
        if (step.IsNode)
        {
            return string.Create(CultureInfo.InvariantCulture, $"register node {command.Node.Name} {command.Node.Address}");
        }

        string service = command.Service is { } row ? $" service {row.Id} [{string.Join(',', row.Tags)}]" : "";
        string checks = string.Concat(command.Checks.Select(static c =>
            $" {c.ServiceId}/{c.CheckId}={c.Status}{(c.Output.Length > 0 ? $":{c.Output}" : "")}"));
        return $"register{service}{(checks.Length > 0 ? " checks" + checks : "")}";
    }

    private static string Describe(DeregisterCommand command)
    {
        Assert.True(command is { EnforceOwnership: true, Owner: "n1", Node: "n1" });
        return command.ServiceId.Length > 0 ? $"deregister {command.ServiceId} {command.Reason}" : $"deregister /{command.CheckId}";
    }
}
