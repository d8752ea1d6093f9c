using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary>Requests whose target is sent exactly as it is written.</summary>
internal static class RawCalls
{
    /// <summary>The status and the body of the reply.</summary>
    public static async Task<(int Status, string Body)> CallAsync(
        this ApiHost host, string target, string method = "GET", string headers = "", string? body = null)
    {
        RawReply reply = await host.SendAsync(target, method, headers, body);
        return (reply.Status, reply.Text);
    }
}
