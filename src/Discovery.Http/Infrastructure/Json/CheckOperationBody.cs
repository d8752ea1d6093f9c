namespace Discovery.Infrastructure;

/// <summary>An operation on a check of the catalog.</summary>
internal sealed class CheckOperationBody
{
    public static readonly GoShape<CheckOperationBody> Shape = new()
    {
        Name = "CheckTxnOp",
        Type = "api.CheckTxnOp",
        Fields =
        [
            new("Verb", static (ref reader, body) => reader.ReadString(ref body.Verb, "api.CheckOp")),
            new("Check", static (ref reader, body) => reader.ReadObject(CheckRowBody.Shape, body.Check)),
        ],
    };

    public readonly CheckRowBody Check = new();
    public string Verb = "";
}
