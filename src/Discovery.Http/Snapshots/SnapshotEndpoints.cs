using Discovery.Consul;
using Discovery.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Discovery.Snapshots;

/// <summary><c>/v1/snapshot</c>: the whole state as one archive, and back.</summary>
internal sealed class SnapshotEndpoints(IClusterSnapshots snapshots, IOptions<ClusterSnapshotOptions> options) : IEndpointGroup
{
    private const int TooLarge = 413;

    public void Map(ApiRoutes routes) => routes.Add(
        "snapshot", ApiMethods.Get | ApiMethods.Put, call => call.Method == "PUT" ? RestoreAsync(call) : SaveAsync(call));

    private async Task SaveAsync(ApiCall call)
    {
        var query = new QueryOptions
        {
            Context = call.Context,
            Consistency = call.Query.Has("stale") ? ReadConsistency.Stale : ReadConsistency.Consistent,
        };
        using ClusterSnapshot snapshot = await snapshots.OpenAsync(query, call.Aborted);
        call.SetMeta(snapshot.Index, snapshot.LastContact, snapshot.IsLeaderKnown);
        HttpResponse response = call.Http.Response;
        response.ContentType = "application/x-gzip";
        try
        {
            await snapshot.WriteToAsync(response.Body, call.Aborted);
        }
        catch (Exception) when (response.HasStarted)
        {
            // Whoever has the beginning must not take it for the whole.
            call.Http.Abort();
        }
    }

    private async Task RestoreAsync(ApiCall call)
    {
        if (call.Query.Has("stale"))
        {
            throw new ApiException(500, "stale not allowed for restore");
        }

        long most = options.Value.ArchiveBytesMax;
        if (call.Http.Request.ContentLength > most)
        {
            throw new ApiException(
                TooLarge,
                $"Request body({call.Http.Request.ContentLength} bytes) too large, max size: {most} bytes "
                + "(ClusterSnapshotOptions.ArchiveBytesMax).");
        }

        if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = most;
        }

        await snapshots.RestoreAsync(call.Http.Request.Body, call.Context, call.Aborted);
        await call.WriteEmptyAsync();
    }
}
