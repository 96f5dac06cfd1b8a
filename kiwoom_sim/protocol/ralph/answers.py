"""Answer a form of the `ralph` dialect from the market; changes nothing and may be repeated."""

from typing import assert_never

from kiwoom_sim.engine.views import Views
from kiwoom_sim.protocol.messages import ApiReply
from kiwoom_sim.protocol.ralph import index_forms, stock_forms
from kiwoom_sim.protocol.ralph.forms import (
    DayChartForm,
    Form,
    IndexChartForm,
    IndexQuoteForm,
    InvestorChartForm,
    PriceForm,
    StockListForm,
)


def answer_form(form: Form, views: Views) -> ApiReply:
    """Return what a form is answered at an instant.

    Raises:
        NotReady: The market has to build something first; ask again afterwards.
    """
    match form:
        case PriceForm():
            return stock_forms.price(form, views)
        case DayChartForm():
            return stock_forms.day_chart(form, views)
        case InvestorChartForm():
            return stock_forms.investor_chart(form, views)
        case StockListForm():
            return stock_forms.stock_list(form, views)
        case IndexQuoteForm():
            return index_forms.index_quote(form, views)
        case IndexChartForm():
            return index_forms.index_chart(form, views)
        case _:
            assert_never(form)
