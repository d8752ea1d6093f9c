using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary>How the agent's refusals are told over HTTP.</summary>
internal static class AgentTrouble
{
    /// <summary>Waits for a write; what the agent calls malformed is a 400 with its reasons.</summary>
    public static async ValueTask ToReplyAsync(ValueTask write, string prefix)
    {
        try
        {
            await write;
        }
        catch (DiscoveryException e) when (e.Error == DiscoveryError.InvalidRequest)
        {
            throw ApiException.BadRequest(prefix + e.Message);
        }
    }
}
