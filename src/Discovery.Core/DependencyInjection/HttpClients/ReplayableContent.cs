using System.Net.Http.Json;

namespace Discovery.DependencyInjection;

/// <summary>Tells whether a request body can be sent again.</summary>
internal static class ReplayableContent
{
    public static bool IsReplayable(HttpContent? content) => content switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent => true,
        MultipartContent parts => parts.All(IsReplayable),
        _ => false,
    };
}
