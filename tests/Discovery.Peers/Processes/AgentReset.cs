using System.Text.Json;

namespace Discovery.Peers.Processes;

/// <summary>Brings an agent back to the state it started in, by what it tells about itself.</summary>
internal static class AgentReset
{
    public static async Task RunAsync(AgentProcess agent)
    {
        await agent.SendAsync("PUT /v1/agent/maintenance?enable=false");
        await RemoveKeysAndSessionsAsync(agent);
        foreach (string id in await KeysAsync(agent, "/v1/agent/services"))
        {
            await agent.ExpectAsync("PUT /v1/agent/service/deregister/" + Uri.EscapeDataString(id));
        }

        foreach (string id in await KeysAsync(agent, "/v1/agent/checks"))
        {
            await agent.ExpectAsync("PUT /v1/agent/check/deregister/" + Uri.EscapeDataString(id));
        }

        using JsonDocument nodes = JsonDocument.Parse(await agent.ExpectAsync("GET /v1/catalog/nodes"));
        foreach (JsonElement node in nodes.RootElement.EnumerateArray())
        {
            string name = node.GetProperty("Node").GetString()!;
            if (name != AgentProcess.NodeName)
            {
                await agent.ExpectAsync("PUT /v1/catalog/deregister", JsonSerializer.Serialize(new { Node = name }));
            }
        }

        await RemoveStraysAsync(agent);
    }

    /// <summary>The keys first: a key that a session holds when it ends may not be locked for a while.</summary>
    private static async Task RemoveKeysAndSessionsAsync(AgentProcess agent)
    {
        await agent.ExpectAsync("DELETE /v1/kv/?recurse");
        using JsonDocument sessions = JsonDocument.Parse(await agent.ExpectAsync("GET /v1/session/list"));
        foreach (JsonElement session in sessions.RootElement.EnumerateArray())
        {
            await agent.ExpectAsync("PUT /v1/session/destroy/" + session.GetProperty("ID").GetString());
        }
    }

    private static async Task RemoveStraysAsync(AgentProcess agent)
    {
        using JsonDocument own = JsonDocument.Parse(await agent.ExpectAsync("GET /v1/catalog/node/" + AgentProcess.NodeName));
        foreach (string id in own.RootElement.GetProperty("Services").EnumerateObject().Select(one => one.Name).Where(id => id != "consul"))
        {
            await agent.ExpectAsync(
                "PUT /v1/catalog/deregister", JsonSerializer.Serialize(new { Node = AgentProcess.NodeName, ServiceID = id }));
        }

        using JsonDocument checks = JsonDocument.Parse(await agent.ExpectAsync("GET /v1/health/node/" + AgentProcess.NodeName));
        foreach (string id in checks.RootElement.EnumerateArray().Select(one => one.GetProperty("CheckID").GetString()!))
        {
            if (id != "serfHealth")
            {
                await agent.ExpectAsync(
                    "PUT /v1/catalog/deregister", JsonSerializer.Serialize(new { Node = AgentProcess.NodeName, CheckID = id }));
            }
        }
    }

    private static async Task<string[]> KeysAsync(AgentProcess agent, string target)
    {
        using JsonDocument document = JsonDocument.Parse(await agent.ExpectAsync("GET " + target));
        return [.. document.RootElement.EnumerateObject().Select(one => one.Name)];
    }
}
