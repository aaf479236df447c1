namespace Bridge.Api.Controllers;

/// <summary>The fields of a request of Twilio's: a form, or a query when the number's configuration says GET.</summary>
/// <param name="fields">All of them, in their order, decoded.</param>
/// <param name="isForm">They are in the body, and signed beside the address; a query is part of the address.</param>
internal sealed class TwilioFields(IReadOnlyList<KeyValuePair<string, string>> fields, bool isForm)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="BadHttpRequestException">The body is too long, too slow, or broken; with the status to answer.</exception>
    /// <exception cref="InvalidDataException">It has more fields, or longer ones, than it may.</exception>
    public static async Task<TwilioFields> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var isForm = !HttpMethods.IsGet(request.Method);
        IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> read = isForm ? await request.ReadFormAsync(cancellationToken) : request.Query;
        return new TwilioFields([.. from field in read from value in field.Value select KeyValuePair.Create(field.Key, value ?? "")], isForm);
    }

    /// <summary>What is signed beside the address.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Signed => isForm ? fields : [];

    /// <summary>A field's value; null when it is missing, or there are several, which Twilio never sends of these.</summary>
    public string? this[string name] =>
        fields.Where(f => f.Key.Equals(name, StringComparison.Ordinal)).Select(f => f.Value).ToList() is [var only] ? only : null;

    /// <summary>All fields that are there once.</summary>
    public IReadOnlyDictionary<string, string> Once =>
        fields.GroupBy(f => f.Key, StringComparer.Ordinal).Where(g => g.Count() == 1).ToDictionary(g => g.Key, g => g.First().Value, StringComparer.Ordinal);
}
