using System.Globalization;
using Discovery.Infrastructure;

namespace Discovery.Transactions;

/// <summary><c>/v1/txn</c>: operations on keys and on the catalog, all of them or none.</summary>
internal sealed class TransactionEndpoints(IDiscoveryNode node, IKeyValueStore? store = null) : IEndpointGroup
{
    private const string ErrorPrefix = "Failed to parse body: ";

    public void Map(ApiRoutes routes) => routes.Add("txn", ApiMethods.Put, ApplyAsync);

    private async Task ApplyAsync(ApiCall call)
    {
        TransactionPlan plan = TransactionPlanner.Make(await ReadAsync(call), node.Datacenter);
        QueryOptions? read = plan.IsWrite ? null : call.ReadOptions();
        call.RefuseForeignDatacenter();
        IKeyValueStore keys = KeyValueService.Require(store);
        if (plan.Refusals.Count > 0)
        {
            await WriteErrorsAsync(call, plan, plan.Refusals);
            return;
        }

        var options = new TransactionOptions
        {
            Context = call.Context,
            ReturnsWritten = true,
            Consistency = read?.Consistency ?? ReadConsistency.Default,
        };
        TransactionResult result = await keys.TransactAsync(plan.Steps, options, call.Aborted);
        if (result.IsApplied)
        {
            await WriteResultsAsync(call, plan, result.Items);
        }
        else
        {
            await WriteErrorsAsync(call, plan, plan.ErrorsOf(result.Failures));
        }
    }

    private static async ValueTask<List<TransactionBody?>> ReadAsync(ApiCall call)
    {
        HttpApiOptions options = call.Server.Options;
        int most = Math.Max(options.KeyValueBytesMax, options.TransactionBytesMax);
        byte[] body = await call.ReadBodyAsync(most, (length, isTold) => BodyLimits.Transaction(length, isTold, most));
        if (GoJson.DecodeList(body, TransactionBody.Shape, TransactionBody.ListType, out List<TransactionBody?> operations) is { } error)
        {
            throw ApiException.BadRequest(ErrorPrefix + error);
        }

        if (operations.Count > options.TransactionOperationsMax)
        {
            throw new ApiException(413, string.Create(
                CultureInfo.InvariantCulture,
                $"Transaction contains too many operations ({operations.Count} > {options.TransactionOperationsMax})"));
        }

        foreach (TransactionBody? one in operations)
        {
            if (one?.KeyValue is { } operation && operation.Value.Length > options.KeyValueBytesMax)
            {
                throw new ApiException(
                    413, BodyLimits.ValueInTransaction(operation.Key, operation.Value.Length, options.KeyValueBytesMax));
            }
        }

        return operations;
    }

    private static Task WriteErrorsAsync(ApiCall call, TransactionPlan plan, List<(int Operation, string Text)> errors)
    {
        JsonBuffer json = new JsonBuffer().Raw("{\"Results\":null,\"Errors\":["u8);
        for (int i = 0; i < errors.Count; i++)
        {
            (i > 0 ? json.Byte((byte)',') : json).Raw("{\"OpIndex\":"u8).Number(errors[i].Operation);
            json.Raw(",\"What\":"u8).String(errors[i].Text).Byte((byte)'}');
        }

        return EndAsync(call, plan, 409, json.Byte((byte)']'));
    }

    private async Task WriteResultsAsync(ApiCall call, TransactionPlan plan, IReadOnlyList<TransactionItem> items)
    {
        JsonBuffer json = new JsonBuffer().Raw("{\"Results\":["u8);
        for (int i = 0; i < items.Count; i++)
        {
            TransactionItem item = items[i];
            (i > 0 ? json.Byte((byte)',') : json).Byte((byte)'{');
            switch (item)
            {
                case { Entry: { } entry }:
                    KeyValueJson.WriteEntry(json.Raw("\"KV\":"u8), entry, plan.ReturnsValue(item.Operation));
                    break;
                case { Node: { } row }:
                    CatalogJson.WriteNode(json.Raw("\"Node\":"u8), row);
                    break;
                case { Service: { } row }:
                    CatalogJson.WriteService(json.Raw("\"Service\":"u8), row, isEmptyNull: true);
                    break;
                case { Check: { } row }:
                    CatalogJson.WriteCheck(json.Raw("\"Check\":"u8), row, await CheckTags.OfAsync(node.Catalog, row), isEmptyNull: true);
                    break;
                default:
                    throw new InvariantViolationException("a result of a transaction shows nothing");
            }

            json.Byte((byte)'}');
        }

        await EndAsync(call, plan, 200, json.Raw("],\"Errors\":null"u8));
    }

    // A transaction of reads is answered like any other read, though without an index.
    private static Task EndAsync(ApiCall call, TransactionPlan plan, int status, JsonBuffer json)
    {
        if (!plan.IsWrite)
        {
            call.Http.Response.Headers["X-Consul-Knownleader"] = "true";
            call.Http.Response.Headers["X-Consul-Lastcontact"] = "0";
            json.Raw(",\"Index\":0,\"LastContact\":0,\"KnownLeader\":true,\"ConsistencyLevel\":\"\""u8);
        }

        return call.WriteAsync(status, json.Byte((byte)'}'));
    }
}
