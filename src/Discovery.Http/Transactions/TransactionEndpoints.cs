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
            await WriteErrorsAsync(call, plan, ErrorsOf(plan, result.Failures));
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

    // The first step of an operation that fails tells of it. A lock-delay is found by the look before the first operation.
    private static List<(int Operation, string Text)> ErrorsOf(TransactionPlan plan, IReadOnlyList<TransactionFailure> failures)
    {
        bool isDelayed = failures.Any(static failure => failure.Refusal == TransactionRefusal.LockDelay);
        var errors = new List<(int Operation, string Text)>();
        foreach (TransactionFailure failure in failures)
        {
            int operation = plan.OperationOf(failure.Operation);
            if ((!isDelayed || failure.Refusal == TransactionRefusal.LockDelay) && (errors.Count == 0 || errors[^1].Operation != operation))
            {
                errors.Add((operation, plan.TextOf(failure.Operation) ?? TransactionText.Of(plan.Operations[operation], failure)));
            }
        }

        return errors;
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
                    // Only who asks for a value gets it.
                    string verb = plan.Operations[plan.OperationOf(item.Operation)].KeyValue!.Verb;
                    KeyValueJson.WriteEntry(json.Raw("\"KV\":"u8), entry, hasValue: verb is "get" or "get-tree");
                    break;
                case { Node: { } row }:
                    CatalogJson.WriteNode(json.Raw("\"Node\":"u8), row);
                    break;
                case { Service: { } row }:
                    CatalogJson.WriteService(json.Raw("\"Service\":"u8), row, isEmptyNull: true);
                    break;
                case { Check: { } row }:
                    CatalogJson.WriteCheck(json.Raw("\"Check\":"u8), row, await TagsOfAsync(row), isEmptyNull: true);
                    break;
                default:
                    throw new InvariantViolationException("a result of a transaction shows nothing");
            }

            json.Byte((byte)'}');
        }

        await EndAsync(call, plan, 200, json.Raw("],\"Errors\":null"u8));
    }

    // A check is shown with the tags of its service.
    private async ValueTask<IReadOnlyList<string>> TagsOfAsync(CatalogCheck check)
    {
        if (check.ServiceId.Length == 0)
        {
            return [];
        }

        QueryReply<NodeDetails?> reply = await node.Catalog.QueryNodeAsync(
            new NodeServicesQuery(check.Node), new QueryOptions { Consistency = ReadConsistency.Stale });
        return reply.Body?.Services.FirstOrDefault(service => service.Id == check.ServiceId)?.Tags ?? [];
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
