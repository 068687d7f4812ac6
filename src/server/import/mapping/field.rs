//! The fields a row can fill, by the names used in mapping files.

/// Which of the tables a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Accounts,
    Transactions,
    /// Payments the creditor took itself.
    Payments,
}

impl FileKind {
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Accounts => "accounts",
            FileKind::Transactions => "transactions",
            FileKind::Payments => "payments",
        }
    }

    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| field.is_of(self))
    }
}

macro_rules! fields {
    ($($variant:ident $name:literal),+ $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($variant),+ }

        /// How many fields there are, for tables indexed by field.
        pub const FIELD_COUNT: usize = [$($name),+].len();

        impl Field {
            pub const ALL: [Field; FIELD_COUNT] = [$(Field::$variant),+];

            /// As in a mapping file.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name),+ }
            }
        }
    };
}

fields! {
    AccountReference "account_reference",
    CustomerReference "customer_reference",
    Creditor "creditor",
    Product "product",
    Status "status",
    GivenName "given_name",
    FamilyName "family_name",
    DateOfBirth "date_of_birth",
    Street "street",
    City "city",
    State "state",
    PostalCode "postal_code",
    TimeZone "time_zone",
    Email "email",
    Phone "phone",
    Language "language",
    CustomerSince "customer_since",
    Currency "currency",
    ItemizationDate "itemization_date",
    BalanceAtItemization "balance_at_itemization",
    InterestSince "interest_since",
    FeesSince "fees_since",
    PaymentsSince "payments_since",
    CreditsSince "credits_since",
    CurrentBalance "current_balance",
    PastDueAmount "past_due_amount",
    OldestUnpaidDueDate "oldest_unpaid_due_date",
    BalanceDate "balance_date",
    TimeBarred "time_barred",
    InstalmentsDue "instalments_due",
    InstalmentsKept "instalments_kept",
    TransactionId "transaction_id",
    PaymentReference "payment_reference",
    PostedOn "posted_on",
    Kind "kind",
    Amount "amount",
    Debit "debit",
    Credit "credit",
    Description "description",
    Method "method",
}

impl Field {
    pub fn from_name(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }

    pub fn is_of(self, kind: FileKind) -> bool {
        use Field::{
            AccountReference, Amount, Credit, Currency, Debit, Description, Kind, Method, PaymentReference, PostedOn,
            TransactionId,
        };
        let of_transactions =
            matches!(self, TransactionId | PaymentReference | PostedOn | Kind | Amount | Debit | Credit | Description);
        match kind {
            FileKind::Accounts => !of_transactions && self != Method,
            FileKind::Payments => {
                matches!(self, AccountReference | Currency | PostedOn | Amount | TransactionId | PaymentReference | Method)
            }
            FileKind::Transactions => of_transactions || matches!(self, AccountReference | Currency),
        }
    }

    /// Fields a mapping must say where to find. (A time zone may be derived, an amount may be two columns.)
    pub fn is_required(self) -> bool {
        use Field::{
            AccountReference, BalanceAtItemization, BalanceDate, Creditor, Currency, CurrentBalance, DateOfBirth, FamilyName,
            GivenName, ItemizationDate, Kind, Language, PastDueAmount, PostalCode, PostedOn, Product,
        };
        matches!(
            self,
            AccountReference
                | Creditor
                | Product
                | GivenName
                | FamilyName
                | DateOfBirth
                | PostalCode
                | Language
                | Currency
                | ItemizationDate
                | BalanceAtItemization
                | CurrentBalance
                | PastDueAmount
                | BalanceDate
                | PostedOn
                | Kind
        )
    }

    pub fn is_date(self) -> bool {
        use Field::{BalanceDate, CustomerSince, DateOfBirth, ItemizationDate, OldestUnpaidDueDate, PostedOn};
        matches!(self, DateOfBirth | CustomerSince | ItemizationDate | OldestUnpaidDueDate | BalanceDate | PostedOn)
    }

    pub fn is_amount(self) -> bool {
        use Field::{
            Amount, BalanceAtItemization, Credit, CreditsSince, CurrentBalance, Debit, FeesSince, InterestSince, PastDueAmount,
            PaymentsSince,
        };
        matches!(
            self,
            BalanceAtItemization
                | InterestSince
                | FeesSince
                | PaymentsSince
                | CreditsSince
                | CurrentBalance
                | PastDueAmount
                | Amount
                | Debit
                | Credit
        )
    }
}
